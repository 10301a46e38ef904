# Every use of a key, the sealing key's too, names its tenant and call (decision 0010); beside it what people changed in
# the account. It lies in a bucket of its own, locked for as long as logs are kept.

data "aws_caller_identity" "this" {}

locals {
  trail_name = "${var.name}-trail"
  trail_arn  = "arn:aws:cloudtrail:${var.region}:${data.aws_caller_identity.this.account_id}:trail/${local.trail_name}"
}

resource "aws_s3_bucket_object_lock_configuration" "trail" {
  bucket = aws_s3_bucket.this["trail"].id

  rule {
    default_retention {
      mode = var.checkpoints_mode
      days = var.log_days
    }
  }
}

resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:Nobody waits for each file of it
  #checkov:skip=CKV2_AWS_10:It is read when it is needed, from the locked bucket
  name                          = local.trail_name
  s3_bucket_name                = aws_s3_bucket.this["trail"].id
  kms_key_id                    = var.key_arn
  enable_log_file_validation    = true
  is_multi_region_trail         = true
  include_global_service_events = true

  # Uses of keys are events of management; none is left out.
  event_selector {
    read_write_type                  = "All"
    include_management_events        = true
    exclude_management_event_sources = []
  }

  depends_on = [aws_s3_bucket_policy.this]
}
