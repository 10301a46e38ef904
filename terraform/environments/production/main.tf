# The production environment. Its state lies in a bucket made beforehand, given with `-backend-config` (terraform/README.md).

terraform {
  required_version = ">= 1.11"

  backend "s3" {
    key          = "siedem/production.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { product = "siedem", environment = "production" }
  }
}

module "siedem" {
  source                 = "../../modules/siedem"
  name                   = "${var.prefix}-production"
  region                 = var.region
  cidr                   = "10.70.0.0/16"
  highly_available       = true
  host                   = var.host
  certificate_arn        = var.certificate_arn
  image_repository       = var.image_repository
  image_tag              = var.image_tag
  mail_host              = var.mail_host
  mail_from              = var.mail_from
  checkpoint_public_keys = var.checkpoint_public_keys
  alarm_addresses        = var.alarm_addresses
  database_class         = "db.m8g.xlarge"
  database_gb            = 200
  connections_warned     = 600
  queue_node             = "cache.t4g.small"
  web_count              = 3
  worker_count           = 2
}

output "balancer_dns_name" {
  value = module.siedem.balancer_dns_name
}

output "cluster" {
  value = module.siedem.cluster
}
