variable "prefix" {
  description = "Beginning of all names; with the environment it names buckets, so it must be yours alone."
  type        = string
  default     = "siedem"
}

variable "region" {
  type    = string
  default = "eu-central-1"
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
  description = "Version to run."
  type        = string
}

variable "mail_host" {
  type = string
}

variable "mail_from" {
  type = string
}

variable "checkpoint_public_keys" {
  description = "Public halves that still verify checkpoints of master keys that were taken out, as verify_audit prints them."
  type        = list(string)
  default     = []
}

variable "alarm_addresses" {
  type = list(string)
}
