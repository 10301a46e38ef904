# Alarms by mail, each with what it means.

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.key_arn
}

resource "aws_sns_topic_subscription" "mail" {
  for_each  = toset(var.alarm_addresses)
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

locals {
  alarms = {
    server-errors = {
      about     = "More than 10 answers in 5 minutes were errors of the server."
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", statistic = "Sum"
      over      = 10, minutes = 5, missing = "notBreaching"
      where     = { LoadBalancer = var.balancer_arn_suffix }
    }
    slow-pages = {
      about     = "Half of a minute's pages took longer than 1.5 seconds, three minutes long."
      namespace = "AWS/ApplicationELB", metric = "TargetResponseTime", statistic = "p50"
      over      = 1.5, minutes = 3, missing = "notBreaching"
      where     = { LoadBalancer = var.balancer_arn_suffix }
    }
    database-busy = {
      about     = "The database used more than 80 % of its processors for 15 minutes."
      namespace = "AWS/RDS", metric = "CPUUtilization", statistic = "Average"
      over      = 80, minutes = 15, missing = "breaching"
      where     = { DBInstanceIdentifier = var.database_identifier }
    }
    database-connections = {
      about     = "Connections near the limit: fewer web threads, or a larger database."
      namespace = "AWS/RDS", metric = "DatabaseConnections", statistic = "Maximum"
      over      = var.connections_warned, minutes = 5, missing = "breaching"
      where     = { DBInstanceIdentifier = var.database_identifier }
    }
    queue-memory = {
      about     = "The queue's memory is filling: workers are too few or away."
      namespace = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", statistic = "Maximum"
      over      = 70, minutes = 10, missing = "breaching"
      where     = { ReplicationGroupId = var.queue_id }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "over" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.about
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.over
  period              = 60
  evaluation_periods  = each.value.minutes
  treat_missing_data  = each.value.missing
  dimensions          = each.value.where
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# One container that is being replaced is no alarm, and none at all says nothing, which counts as the worst.
resource "aws_cloudwatch_metric_alarm" "nobody_serves" {
  alarm_name          = "${var.name}-nobody-serves"
  alarm_description   = "No container answers its health check, or none is there."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  statistic           = "Maximum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "breaching"
  dimensions          = { LoadBalancer = var.balancer_arn_suffix, TargetGroup = var.target_group_arn_suffix }
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "disk" {
  alarm_name          = "${var.name}-database-disk"
  alarm_description   = "Less than 10 GiB of the database's disk are free."
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 10 * pow(1024, 3)
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  dimensions          = { DBInstanceIdentifier = var.database_identifier }
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "programs" {
  for_each            = toset(["web", "worker", "beat", "scanner"])
  alarm_name          = "${var.name}-${each.value}-away"
  alarm_description   = "No ${each.value} runs."
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  statistic           = "Maximum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "breaching"
  dimensions          = { ClusterName = var.cluster, ServiceName = each.value }
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_log_metric_filter" "failed_tasks" {
  name           = "${var.name}-failed-tasks"
  log_group_name = var.worker_log_group
  pattern        = "{ $.event = \"task_failed\" }"

  metric_transformation {
    name          = "FailedTasks"
    namespace     = "Siedem/${var.name}"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "failed_tasks" {
  alarm_name          = "${var.name}-failed-tasks"
  alarm_description   = "More than 5 tasks failed in an hour: error reports and the worker's log say where."
  namespace           = "Siedem/${var.name}"
  metric_name         = "FailedTasks"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 3600
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}
