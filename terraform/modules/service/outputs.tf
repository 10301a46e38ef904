output "container_security_group_id" {
  value = aws_security_group.containers.id
}

output "balancer_dns_name" {
  description = "Point the host name here."
  value       = aws_lb.this.dns_name
}

output "balancer_arn_suffix" {
  value = aws_lb.this.arn_suffix
}

output "target_group_arn_suffix" {
  value = aws_lb_target_group.web.arn_suffix
}

output "cluster" {
  value = aws_ecs_cluster.this.name
}

output "services" {
  value = [for name, service in aws_ecs_service.this : service.name]
}

output "worker_log_group" {
  value = aws_cloudwatch_log_group.this["worker"].name
}
