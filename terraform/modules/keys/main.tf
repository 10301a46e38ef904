# Two keys: one for everything at rest, and one that only wraps the keys of sealed calls.

data "aws_caller_identity" "this" {}

locals {
  owner = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root"
}

data "aws_iam_policy_document" "data" {
  #checkov:skip=CKV_AWS_111:The policy of a key speaks of this key alone, and rights to use it are given by the policies of roles
  #checkov:skip=CKV_AWS_356:The policy of a key speaks of this key alone, and rights to use it are given by the policies of roles
  #checkov:skip=CKV_AWS_109:The policy of a key speaks of this key alone, and rights to use it are given by the policies of roles
  # Rights to use the key are given by the policies of roles.
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.owner]
    }
  }

  statement {
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }
  }

  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
  }

  # The trail of this account and no other's.
  statement {
    actions   = ["kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudtrail:${var.region}:${data.aws_caller_identity.this.account_id}:trail/${var.name}-trail"]
    }
  }
}

resource "aws_kms_key" "data" {
  description             = "${var.name}: database, files, queue, logs, secrets"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.data.json
}

resource "aws_kms_alias" "data" {
  name          = "alias/${var.name}-data"
  target_key_id = aws_kms_key.data.key_id
}

data "aws_iam_policy_document" "seal" {
  #checkov:skip=CKV_AWS_111:The policy of a key speaks of this key alone, and rights to use it are given by the policies of roles
  #checkov:skip=CKV_AWS_356:The policy of a key speaks of this key alone, and rights to use it are given by the policies of roles
  #checkov:skip=CKV_AWS_109:The policy of a key speaks of this key alone, and rights to use it are given by the policies of roles
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.owner]
    }
  }
}

# Its log of uses names tenant and call (decision 0010): who looked into a call before its time shows here.
resource "aws_kms_key" "seal" {
  description             = "${var.name}: wraps the keys of calls"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.seal.json
}

resource "aws_kms_alias" "seal" {
  name          = "alias/${var.name}-seal"
  target_key_id = aws_kms_key.seal.key_id
}
