variable "name" {
  description = "Prefix of names."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16."
  type        = string
}

variable "highly_available" {
  description = "Whether each zone has a way out of its own."
  type        = bool
}

variable "key_arn" {
  description = "Key that encrypts the log of flows."
  type        = string
}

variable "log_days" {
  description = "Days for which logs are kept: two years (KRI, section 20)."
  type        = number
}
