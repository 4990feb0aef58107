from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "lms.service"
    label = "service"
