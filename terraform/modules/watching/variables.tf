variable "name" {
  description = "Prefix of names."
  type        = string
}

variable "key_arn" {
  description = "Key that encrypts what is told."
  type        = string
}

variable "alarm_addresses" {
  description = "Who is told by mail; each confirms once."
  type        = list(string)
}

variable "balancer_arn_suffix" {
  type = string
}

variable "target_group_arn_suffix" {
  type = string
}

variable "database_identifier" {
  type = string
}

variable "connections_warned" {
  description = "So many connections are near the limit of the instance."
  type        = number
}

variable "queue_id" {
  type = string
}

variable "cluster" {
  type = string
}

variable "worker_log_group" {
  description = "Where the worker's lines lie; each task that failed is one of them."
  type        = string
}
