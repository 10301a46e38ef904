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
  description = "Key that encrypts data and backups."
  type        = string
}

variable "instance_class" {
  type = string
}

variable "storage_gb" {
  description = "Disk to begin with; it grows by itself up to four times as much."
  type        = number
}

variable "highly_available" {
  description = "A standby in the other zone, and no removal by mistake."
  type        = bool
}

variable "backup_days" {
  description = "To any second of so many days the database can be brought back (at most 35)."
  type        = number
}

variable "log_days" {
  description = "Days for which logs are kept: two years (KRI, section 20)."
  type        = number
}
