from django.apps import AppConfig


class ConsortiumConfig(AppConfig):
    name = "lms.consortium"
    label = "consortium"

    def ready(self) -> None:
        from lms.competencies import actions as competencies

        from .tasks import deliver_now

        competencies.after_sequencing.append(deliver_now.enqueue)
