# Files of tenants, checkpoints of the audit record that nobody can change, the log of who asked for what, and the trail of
# what was done with keys and in the account (trail.tf).

locals {
  buckets = {
    files       = "${var.name}-files"
    checkpoints = "${var.name}-audit-checkpoints"
    access_log  = "${var.name}-access-log"
    trail       = "${var.name}-trail"
  }
  # What nobody changes or removes before its time.
  locked = toset(["checkpoints", "trail"])
  # What goes by itself, in days.
  goes = { access_log = var.log_days, trail = var.log_days + 1 }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Given below for files and checkpoints; the log itself has none
  #checkov:skip=CKV2_AWS_62:Nothing waits for events of these buckets
  #checkov:skip=CKV2_AWS_61:Given below for each bucket; the check does not follow for_each
  #checkov:skip=CKV2_AWS_6:Given below for each bucket; the check does not follow for_each
  #checkov:skip=CKV_AWS_145:Given below for each bucket; the check does not follow for_each
  #checkov:skip=CKV_AWS_21:Given below for each bucket; the check does not follow for_each
  #checkov:skip=CKV_AWS_144:Personal data stay in one region; copies are the backup's business
  for_each            = local.buckets
  bucket              = each.value
  object_lock_enabled = contains(local.locked, each.key)
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = aws_s3_bucket.this
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      # A load balancer can write its log only where Amazon's own key encrypts it.
      sse_algorithm     = each.key == "access_log" ? "AES256" : "aws:kms"
      kms_master_key_id = each.key == "access_log" ? null : var.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id

  rule {
    id     = "old"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = var.days_kept
    }

    dynamic "expiration" {
      for_each = contains(keys(local.goes), each.key) ? [local.goes[each.key]] : []

      content {
        days = expiration.value
      }
    }
  }
}

resource "aws_s3_bucket_object_lock_configuration" "checkpoints" {
  bucket = aws_s3_bucket.this["checkpoints"].id

  rule {
    default_retention {
      mode  = var.checkpoints_mode
      years = 6
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each      = { for name, bucket in aws_s3_bucket.this : name => bucket if name != "access_log" }
  bucket        = each.value.id
  target_bucket = aws_s3_bucket.this["access_log"].id
  target_prefix = "${each.key}/"
}

data "aws_iam_policy_document" "bucket" {
  for_each = aws_s3_bucket.this

  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "trail" ? [1] : []

    content {
      sid       = "TheTrailLooks"
      actions   = ["s3:GetBucketAcl"]
      resources = [each.value.arn]

      principals {
        type        = "Service"
        identifiers = ["cloudtrail.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceArn"
        values   = [local.trail_arn]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "trail" ? [1] : []

    content {
      sid       = "TheTrailIsWritten"
      actions   = ["s3:PutObject"]
      resources = ["${each.value.arn}/AWSLogs/${data.aws_caller_identity.this.account_id}/*"]

      principals {
        type        = "Service"
        identifiers = ["cloudtrail.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceArn"
        values   = [local.trail_arn]
      }

      condition {
        test     = "StringEquals"
        variable = "s3:x-amz-acl"
        values   = ["bucket-owner-full-control"]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "access_log" ? [1] : []

    content {
      sid       = "LogsAreWritten"
      actions   = ["s3:PutObject"]
      resources = ["${each.value.arn}/*"]

      principals {
        type        = "Service"
        identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com", "logging.s3.amazonaws.com"]
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each   = aws_s3_bucket.this
  bucket     = each.value.id
  policy     = data.aws_iam_policy_document.bucket[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}
