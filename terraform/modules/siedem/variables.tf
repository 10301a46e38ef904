variable "name" {
  description = "Prefix of all names, such as siedem-production; parts of it become names of buckets, unique in the world."
  type        = string
}

variable "region" {
  type = string
}

variable "cidr" {
  description = "Addresses of the network, a /16 that no other network of yours has."
  type        = string
}

variable "highly_available" {
  description = "Whether the site outlives the failure of a zone; staging does not."
  type        = bool
}

variable "host" {
  description = "Host name under which people reach the site."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate of that name (ACM), validated beforehand."
  type        = string
}

variable "image_repository" {
  type = string
}

variable "image_tag" {
  type = string
}

variable "mail_host" {
  type = string
}

variable "mail_from" {
  type = string
}

variable "checkpoint_public_keys" {
  description = "Public halves that still verify checkpoints of master keys that were taken out."
  type        = list(string)
}

variable "given_secrets" {
  description = "Variables whose secrets somebody writes by hand before the first start."
  type        = set(string)
  default     = ["EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"]
}

variable "alarm_addresses" {
  type = list(string)
}

variable "database_class" {
  type = string
}

variable "database_gb" {
  type = number
}

variable "connections_warned" {
  type = number
}

variable "queue_node" {
  type = string
}

variable "web_count" {
  type = number
}

variable "worker_count" {
  type = number
}
