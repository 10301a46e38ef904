# Redis: queue of tasks and cache, encrypted on the way and at rest.

resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-queue"
  description = "Only the containers reach the queue"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "containers" {
  security_group_id            = aws_security_group.this.id
  description                  = "Containers"
  referenced_security_group_id = var.client_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "random_password" "this" {
  length  = 40
  special = false
}

resource "aws_elasticache_parameter_group" "this" {
  name   = "${var.name}-redis7"
  family = "redis7"

  # A task that waits is never thrown out for want of memory.
  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = var.name
  description                = "Queue of tasks and cache"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = var.node_type
  num_cache_clusters         = var.highly_available ? 2 : 1
  automatic_failover_enabled = var.highly_available
  multi_az_enabled           = var.highly_available
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  kms_key_id                 = var.key_arn
  auth_token                 = random_password.this.result
  snapshot_retention_limit   = 7
  maintenance_window         = "sun:03:30-sun:04:30"
}
