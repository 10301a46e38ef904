variable "name" {
  description = "Prefix of names."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "vpc_id" {
  type = string
}

variable "network_cidr" {
  description = "Where the load balancer asks from."
  type        = string
}

variable "public_subnet_ids" {
  type = list(string)
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "highly_available" {
  type = bool
}

variable "host" {
  description = "Host name under which people reach the site."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate of that name."
  type        = string
}

variable "image_repository" {
  type = string
}

variable "image_tag" {
  description = "Version of the image; never a tag that moves."
  type        = string

  validation {
    condition     = var.image_tag != "latest"
    error_message = "Name a version: what `latest` is changes by itself."
  }
}

variable "scanner_image" {
  description = "ClamAV of a version; a copy in your own repository does not depend on another's limits."
  type        = string
  default     = "clamav/clamav:1.4.3"
}

variable "mail_host" {
  type = string
}

variable "mail_from" {
  description = "Address that mails come from."
  type        = string
}

variable "checkpoint_public_keys" {
  description = "Public halves that still verify checkpoints of master keys that were taken out."
  type        = list(string)
}

variable "given_secrets" {
  description = "Variables of infra/README.md whose secrets somebody writes by hand before the first start."
  type        = set(string)
  default     = ["EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"]
}

variable "database_url" {
  type      = string
  sensitive = true
}

variable "web_database_url" {
  description = "Address for web servers, whose role owns nothing."
  type        = string
  sensitive   = true
}

variable "web_database_password" {
  description = "Password that is given to this role."
  type        = string
  sensitive   = true
}

variable "queue_url" {
  type      = string
  sensitive = true
}

variable "files_bucket" {
  type = string
}

variable "files_bucket_arn" {
  type = string
}

variable "checkpoints_bucket" {
  type = string
}

variable "checkpoints_bucket_arn" {
  type = string
}

variable "access_log_bucket" {
  type = string
}

variable "data_key_arn" {
  type = string
}

variable "seal_key_arn" {
  type = string
}

variable "web_count" {
  description = "Containers of the web server, each with two processes of four threads."
  type        = number
}

variable "web_cpu" {
  description = "1024 is one processor."
  type        = number
  default     = 1024
}

variable "web_memory" {
  description = "MiB."
  type        = number
  default     = 2048
}

variable "worker_count" {
  description = "Containers of the worker, each with two processes."
  type        = number
}

variable "worker_cpu" {
  type    = number
  default = 1024
}

variable "worker_memory" {
  type    = number
  default = 2048
}

variable "log_days" {
  description = "Days for which logs are kept: two years (KRI, section 20)."
  type        = number
}
