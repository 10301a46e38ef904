variable "name" {
  description = "Prefix of names."
  type        = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  description = "Nets without a way out, in two zones."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Who may connect."
  type        = string
}

variable "key_arn" {
  description = "Key that encrypts what is kept."
  type        = string
}

variable "node_type" {
  type = string
}

variable "highly_available" {
  description = "A second node that takes over."
  type        = bool
}
