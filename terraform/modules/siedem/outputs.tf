output "balancer_dns_name" {
  description = "Point the host name here."
  value       = module.service.balancer_dns_name
}

output "cluster" {
  value = module.service.cluster
}
