from django.apps import AppConfig


class RemediesConfig(AppConfig):
    name = "chengxin.rights.remedies"
    label = "remedies"

    def ready(self) -> None:
        """Whoever received a record is told when it is withdrawn, restored, corrected or erased."""
        from chengxin.casework.ports import recipients
        from chengxin.foundation.records.ports import followers
        from chengxin.rights.remedies.services import RetractionFollower, earlier_recipients

        followers.register("remedies", RetractionFollower())
        recipients.register("remedies", earlier_recipients)
