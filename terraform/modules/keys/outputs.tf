output "data_key_arn" {
  value = aws_kms_key.data.arn
}

output "seal_key_arn" {
  value = aws_kms_key.seal.arn
}
