variable "name" {
  description = "Prefix of the names of buckets, which are unique in the world."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "key_arn" {
  description = "Key that encrypts files."
  type        = string
}

variable "days_kept" {
  description = "Days for which a replaced or removed file can be brought back."
  type        = number
  default     = 90
}

variable "checkpoints_mode" {
  description = "COMPLIANCE: nobody, not the owner of the account either, removes a checkpoint in its six years, or a line of the trail in its two."
  type        = string
}

variable "log_days" {
  description = "Days for which logs are kept: two years (KRI, section 20)."
  type        = number
}
