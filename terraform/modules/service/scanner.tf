# ClamAV beside the product: it looks at files that people bring, and only our containers reach it. It has no address that
# stays, so a name of the network's own leads to it. Its first minutes go into fetching signatures; files wait meanwhile.

resource "aws_service_discovery_private_dns_namespace" "this" {
  name = "${var.name}.internal"
  vpc  = var.vpc_id
}

resource "aws_service_discovery_service" "scanner" {
  name = "scanner"

  dns_config {
    namespace_id = aws_service_discovery_private_dns_namespace.this.id

    dns_records {
      type = "A"
      ttl  = 10
    }
  }
}

resource "aws_security_group" "scanner" {
  name        = "${var.name}-scanner"
  description = "Only the containers reach the scanner"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "scanner" {
  security_group_id            = aws_security_group.scanner.id
  description                  = "Containers"
  referenced_security_group_id = aws_security_group.containers.id
  ip_protocol                  = "tcp"
  from_port                    = 3310
  to_port                      = 3310
}

# Signatures, and Amazon's services.
resource "aws_vpc_security_group_egress_rule" "scanner" {
  security_group_id = aws_security_group.scanner.id
  description       = "Signatures"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_cloudwatch_log_group" "scanner" {
  name              = "/${var.name}/scanner"
  retention_in_days = var.log_days
  kms_key_id        = var.data_key_arn
}

resource "aws_ecs_task_definition" "scanner" {
  #checkov:skip=CKV_AWS_336:Signatures and sockets are written into its root, which goes with the container; it holds no secret
  family                   = "${var.name}-scanner"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  # Signatures lie in memory twice while they are loaded anew.
  memory             = 4096
  execution_role_arn = aws_iam_role.starting.arn

  container_definitions = jsonencode([
    {
      name         = "scanner"
      image        = var.scanner_image
      essential    = true
      portMappings = [{ containerPort = 3310 }]
      healthCheck  = { command = ["CMD", "clamdcheck.sh"], interval = 60, timeout = 15, startPeriod = 300, retries = 3 }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.scanner.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "scanner"
        }
      }
    }
  ])
}

resource "aws_ecs_service" "scanner" {
  name            = "scanner"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.scanner.arn
  desired_count   = 1
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = var.private_subnet_ids
    security_groups = [aws_security_group.scanner.id]
  }

  service_registries {
    registry_arn = aws_service_discovery_service.scanner.arn
  }
}
