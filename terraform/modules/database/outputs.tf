output "url" {
  value     = "postgresql://siedem:${random_password.this.result}@${aws_db_instance.this.endpoint}/siedem?sslmode=require"
  sensitive = true
}

output "web_url" {
  value     = "postgresql://siedem_web:${random_password.web.result}@${aws_db_instance.this.endpoint}/siedem?sslmode=require"
  sensitive = true
}

output "web_password" {
  value     = random_password.web.result
  sensitive = true
}

output "identifier" {
  value = aws_db_instance.this.identifier
}
