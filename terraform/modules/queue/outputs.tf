output "url" {
  value     = "rediss://:${random_password.this.result}@${aws_elasticache_replication_group.this.primary_endpoint_address}:6379/0?ssl_cert_reqs=required"
  sensitive = true
}

output "id" {
  value = aws_elasticache_replication_group.this.id
}
