output "url" {
  value     = "postgresql://siedem:${random_password.this.result}@${aws_db_instance.this.endpoint}/siedem?sslmode=require"
  sensitive = true
}

output "identifier" {
  value = aws_db_instance.this.identifier
}
