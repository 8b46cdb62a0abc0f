from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "chengxin.foundation.collection"
    label = "collection"

    def ready(self) -> None:
        """Say which rows nobody sees yet (ADR 0004)."""
        from chengxin.foundation.collection.models import Submission
        from chengxin.foundation.collection.states import SubmissionState
        from chengxin.foundation.records import ports

        ports.register_open_submissions(lambda: Submission.objects.exclude(state=SubmissionState.CLOSED).values("id"))
