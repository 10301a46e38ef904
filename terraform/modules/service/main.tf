# Web, worker and beat from one image on Fargate; `prepare` is run before a new version takes over (terraform/README.md).

locals {
  image = "${var.image_repository}:${var.image_tag}"
  plain = {
    DJANGO_SETTINGS_MODULE = "config.settings.production"
    ALLOWED_HOSTS          = var.host
    SITE_URL               = "https://${var.host}"
    DEFAULT_FROM_EMAIL     = "Siedem <${var.mail_from}>"
    EMAIL_HOST             = var.mail_host
    EMAIL_PORT             = "587"
    EMAIL_USE_TLS          = "1"
    S3_BUCKET              = var.files_bucket
    S3_REGION              = var.region
    CHECKPOINTS_BUCKET     = var.checkpoints_bucket
    CLAMAV_ADDRESS         = "${aws_service_discovery_service.scanner.name}.${aws_service_discovery_private_dns_namespace.this.name}:3310"
    SEAL_KMS_KEY_ID        = var.seal_key_arn
    SEAL_KMS_REGION        = var.region
    TRUSTED_PROXIES        = var.network_cidr
    SENTRY_ENVIRONMENT     = var.name
    BACKUPS                = "provider"
    CHECKPOINT_PUBLIC_KEYS = join(",", var.checkpoint_public_keys)
    # `prepare` makes them; where one is missing, its pages are shut (infra/README.md).
    REGION_DATABASE_ROLE = "siedem_region"
    OPEN_DATABASE_ROLE   = "siedem_open"
    WEB_DATABASE_ROLE    = "siedem_web"
  }
  programs = {
    web = {
      command = ["gunicorn", "config.wsgi:application", "-c", "infra/gunicorn.conf.py"]
      health  = ["CMD", "python", "infra/healthcheck.py"]
      cpu     = var.web_cpu, memory = var.web_memory, count = var.web_count
    }
    worker = {
      command = ["celery", "-A", "config", "worker", "--concurrency", "2", "--hostname", "worker@%h"]
      health  = ["CMD-SHELL", "celery -A config inspect ping --timeout 10 --destination worker@$HOSTNAME"]
      cpu     = var.worker_cpu, memory = var.worker_memory, count = var.worker_count
    }
    # Two would send every task of the timetable twice.
    beat = {
      command = ["celery", "-A", "config", "beat", "--schedule", "/tmp/timetable", "--pidfile="]
      health  = ["CMD-SHELL", "test -n \"$(find /tmp -name 'timetable*' -mmin -10)\""]
      cpu     = 256, memory = 512, count = 1
    }
    prepare = {
      command = ["python", "manage.py", "prepare"]
      health  = null
      cpu     = 512, memory = 1024, count = 0
    }
  }
  services = { for name, program in local.programs : name => program if name != "prepare" }
  # Web servers sign in to the database as a role of their own and know no other's password; `prepare` gives it its own.
  withheld = {
    web     = ["DATABASE_URL", "WEB_DATABASE_PASSWORD"]
    prepare = ["WEB_DATABASE_URL"]
    others  = ["WEB_DATABASE_URL", "WEB_DATABASE_PASSWORD"]
  }
  secrets = {
    for program in keys(local.programs) : program => {
      for name, secret in aws_secretsmanager_secret.this : (name == "WEB_DATABASE_URL" ? "DATABASE_URL" : name) => secret.arn
      if !contains(lookup(local.withheld, program, local.withheld.others), name)
    }
  }
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_security_group" "containers" {
  name        = "${var.name}-containers"
  description = "Reached by the load balancer alone"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "containers" {
  security_group_id            = aws_security_group.containers.id
  description                  = "Load balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

# Mail, receivers of webhooks, error reports, Amazon's services.
resource "aws_vpc_security_group_egress_rule" "containers" {
  security_group_id = aws_security_group.containers.id
  description       = "Out"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = local.programs
  name              = "/${var.name}/${each.key}"
  retention_in_days = var.log_days
  kms_key_id        = var.data_key_arn
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = local.programs
  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.starting.arn
  task_role_arn            = aws_iam_role.running[each.key].arn

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([
    {
      name                   = each.key
      image                  = local.image
      command                = each.value.command
      essential              = true
      user                   = "10001:10001"
      readonlyRootFilesystem = true
      stopTimeout            = 60
      linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
      mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp" }]
      portMappings           = each.key == "web" ? [{ containerPort = 8000 }] : []
      environment            = [for name, value in local.plain : { name = name, value = value }]
      secrets                = [for name, arn in local.secrets[each.key] : { name = name, valueFrom = arn }]
      healthCheck            = each.value.health == null ? null : { command = each.value.health, interval = 30, timeout = 15, startPeriod = 60, retries = 3 }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this[each.key].name
          awslogs-region        = var.region
          awslogs-stream-prefix = each.key
        }
      }
    }
  ])
}

resource "aws_ecs_service" "this" {
  for_each        = local.services
  name            = each.key
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this[each.key].arn
  desired_count   = each.value.count
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"
  # The clock is stopped before the new one starts.
  deployment_minimum_healthy_percent = each.key == "beat" ? 0 : 100
  deployment_maximum_percent         = each.key == "beat" ? 100 : 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = var.private_subnet_ids
    security_groups = [aws_security_group.containers.id]
  }

  dynamic "load_balancer" {
    for_each = each.key == "web" ? [1] : []

    content {
      target_group_arn = aws_lb_target_group.web.arn
      container_name   = "web"
      container_port   = 8000
    }
  }

  depends_on = [aws_lb_listener.https]
}
