# The load balancer ends TLS; only it reaches the web server.

resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "Everybody, by HTTP that is sent on to HTTPS, and HTTPS"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  #checkov:skip=CKV_AWS_260:Port 80 only sends on to 443
  for_each          = toset(["80", "443"])
  security_group_id = aws_security_group.balancer.id
  description       = "Everybody"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "Web server"
  referenced_security_group_id = aws_security_group.containers.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_lb" "this" {
  #checkov:skip=CKV2_AWS_28:Attempts are limited by the product itself; a firewall with rules nobody watches would block people who write about violence
  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = var.public_subnet_ids
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.highly_available
  idle_timeout               = 65

  access_logs {
    bucket  = var.access_log_bucket
    enabled = true
  }
}

resource "aws_lb_target_group" "web" {
  name                 = var.name
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = 8000
  deregistration_delay = 30

  # Asked under the address of a container, which is no name of the site: that it refuses tells that it lives. Not whether
  # it can serve: who fails here is replaced too, and where the database is away that would be every container. A new one
  # has to be ready once (infra/healthcheck.py), or the version before goes on.
  health_check {
    path                = "/health/live/"
    matcher             = "200,400"
    interval            = 15
    timeout             = 6
    healthy_threshold   = 2
    unhealthy_threshold = 4
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

# What this tells is for machines inside.
resource "aws_lb_listener_rule" "inside" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }

  condition {
    path_pattern {
      values = ["/health/ready/", "/metrics"]
    }
  }
}
