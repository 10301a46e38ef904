# Secrets as Amazon keeps them, and who may read them: the roles of this service alone.

resource "random_password" "secret_key" {
  length  = 80
  special = false
}

resource "random_bytes" "master_key" {
  length = 32
}

locals {
  # A key of 32 bytes in the alphabet for addresses, as the product reads it.
  master_key = replace(replace(random_bytes.master_key.base64, "+", "-"), "/", "_")
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:Keys that encrypt persons are changed with a step of the product, never by a clock
  for_each = setunion(
    ["SECRET_KEY", "MASTER_KEYS", "DATABASE_URL", "WEB_DATABASE_URL", "WEB_DATABASE_PASSWORD", "REDIS_URL"],
    var.given_secrets,
  )
  name                    = "${var.name}/${each.value}"
  kms_key_id              = var.data_key_arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "made" {
  for_each = {
    SECRET_KEY            = random_password.secret_key.result
    DATABASE_URL          = var.database_url
    WEB_DATABASE_URL      = var.web_database_url
    WEB_DATABASE_PASSWORD = var.web_database_password
    REDIS_URL             = var.queue_url
  }
  secret_id     = aws_secretsmanager_secret.this[each.key].id
  secret_string = each.value
}

# Further keys are put in front by hand when the key changes; what stands there is never overwritten from here.
resource "aws_secretsmanager_secret_version" "master_keys" {
  secret_id     = aws_secretsmanager_secret.this["MASTER_KEYS"].id
  secret_string = local.master_key

  lifecycle {
    ignore_changes = [secret_string]
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

# Starts containers: fetches the image and the secrets, writes logs.
resource "aws_iam_role" "starting" {
  name               = "${var.name}-starting"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "starting" {
  role       = aws_iam_role.starting.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "starting" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in aws_secretsmanager_secret.this : secret.arn]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.data_key_arn]
  }
}

resource "aws_iam_role_policy" "starting" {
  name   = "secrets"
  role   = aws_iam_role.starting.id
  policy = data.aws_iam_policy_document.starting.json
}

# What each program may do; `prepare` is also what the operator's commands run in.
locals {
  programs_with_files = toset(["web", "worker", "prepare"])
  # An erasure removes every version of a tenant's files: the worker ends it, a command begins it.
  programs_that_erase = toset(["worker", "prepare"])
  # Offers are sealed and opened by people at pages, and recovered by a command.
  programs_that_unseal = toset(["web", "prepare"])
}

resource "aws_iam_role" "running" {
  for_each           = local.programs
  name               = "${var.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "running" {
  for_each = local.programs_with_files

  statement {
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${var.files_bucket_arn}/*"]
  }

  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketVersioning"]
    resources = [var.files_bucket_arn]
  }

  dynamic "statement" {
    for_each = contains(local.programs_that_erase, each.key) ? [1] : []

    content {
      actions   = ["s3:DeleteObjectVersion"]
      resources = ["${var.files_bucket_arn}/*"]
    }
  }

  dynamic "statement" {
    for_each = contains(local.programs_that_erase, each.key) ? [1] : []

    content {
      actions   = ["s3:ListBucketVersions"]
      resources = [var.files_bucket_arn]
    }
  }

  statement {
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = ["${var.checkpoints_bucket_arn}/*"]
  }

  # To compare the record with its checkpoints; nothing of ours removes one.
  statement {
    actions   = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketObjectLockConfiguration"]
    resources = [var.checkpoints_bucket_arn]
  }

  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.data_key_arn]
  }

  dynamic "statement" {
    for_each = contains(local.programs_that_unseal, each.key) ? [1] : []

    content {
      actions   = ["kms:Encrypt", "kms:Decrypt"]
      resources = [var.seal_key_arn]
    }
  }
}

resource "aws_iam_role_policy" "running" {
  for_each = local.programs_with_files
  name     = "files-and-seals"
  role     = aws_iam_role.running[each.key].id
  policy   = data.aws_iam_policy_document.running[each.key].json
}
