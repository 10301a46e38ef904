output "files_bucket" {
  value = aws_s3_bucket.this["files"].id
}

output "files_bucket_arn" {
  value = aws_s3_bucket.this["files"].arn
}

output "checkpoints_bucket" {
  value = aws_s3_bucket.this["checkpoints"].id
}

output "checkpoints_bucket_arn" {
  value = aws_s3_bucket.this["checkpoints"].arn
}

output "access_log_bucket" {
  value      = aws_s3_bucket.this["access_log"].id
  depends_on = [aws_s3_bucket_policy.this]
}
