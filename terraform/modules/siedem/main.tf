# One installation: everything of one environment.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }
}

locals {
  log_days = 731
}

module "keys" {
  source = "../keys"
  name   = var.name
  region = var.region
}

module "network" {
  source           = "../network"
  name             = var.name
  region           = var.region
  cidr             = var.cidr
  highly_available = var.highly_available
  key_arn          = module.keys.data_key_arn
  log_days         = local.log_days
}

module "storage" {
  source           = "../storage"
  name             = var.name
  key_arn          = module.keys.data_key_arn
  checkpoints_mode = var.highly_available ? "COMPLIANCE" : "GOVERNANCE"
  log_days         = local.log_days
  region           = var.region
}

module "database" {
  source                   = "../database"
  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.data_subnet_ids
  client_security_group_id = module.service.container_security_group_id
  key_arn                  = module.keys.data_key_arn
  instance_class           = var.database_class
  storage_gb               = var.database_gb
  highly_available         = var.highly_available
  backup_days              = var.highly_available ? 35 : 7
  log_days                 = local.log_days
}

module "queue" {
  source                   = "../queue"
  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.data_subnet_ids
  client_security_group_id = module.service.container_security_group_id
  key_arn                  = module.keys.data_key_arn
  node_type                = var.queue_node
  highly_available         = var.highly_available
}

module "service" {
  source                 = "../service"
  name                   = var.name
  region                 = var.region
  vpc_id                 = module.network.vpc_id
  network_cidr           = module.network.cidr
  public_subnet_ids      = module.network.public_subnet_ids
  private_subnet_ids     = module.network.private_subnet_ids
  highly_available       = var.highly_available
  host                   = var.host
  certificate_arn        = var.certificate_arn
  image_repository       = var.image_repository
  image_tag              = var.image_tag
  mail_host              = var.mail_host
  mail_from              = var.mail_from
  given_secrets          = var.given_secrets
  checkpoint_public_keys = var.checkpoint_public_keys
  database_url           = module.database.url
  web_database_url       = module.database.web_url
  web_database_password  = module.database.web_password
  queue_url              = module.queue.url
  files_bucket           = module.storage.files_bucket
  files_bucket_arn       = module.storage.files_bucket_arn
  checkpoints_bucket     = module.storage.checkpoints_bucket
  checkpoints_bucket_arn = module.storage.checkpoints_bucket_arn
  access_log_bucket      = module.storage.access_log_bucket
  data_key_arn           = module.keys.data_key_arn
  seal_key_arn           = module.keys.seal_key_arn
  web_count              = var.web_count
  worker_count           = var.worker_count
  log_days               = local.log_days
}

module "watching" {
  source                  = "../watching"
  name                    = var.name
  key_arn                 = module.keys.data_key_arn
  alarm_addresses         = var.alarm_addresses
  balancer_arn_suffix     = module.service.balancer_arn_suffix
  target_group_arn_suffix = module.service.target_group_arn_suffix
  database_identifier     = module.database.identifier
  connections_warned      = var.connections_warned
  queue_id                = module.queue.id
  cluster                 = module.service.cluster
  worker_log_group        = module.service.worker_log_group
}
