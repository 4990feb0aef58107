from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "courses.frameworks"
    label = "frameworks"
