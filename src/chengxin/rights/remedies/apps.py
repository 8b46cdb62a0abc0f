from django.apps import AppConfig


class RemediesConfig(AppConfig):
    name = "chengxin.rights.remedies"
    label = "remedies"

    def ready(self) -> None:
        """Whoever received a record is told when it is withdrawn, restored, corrected or erased; first its cases forget what is erased."""
        from chengxin.casework.ports import case_links, recipients
        from chengxin.foundation.records.ports import followers
        from chengxin.ledger.ports import projections
        from chengxin.rights.forgetting import ForgettingFollower
        from chengxin.rights.remedies.pages import links_of
        from chengxin.rights.remedies.projections import RECEIPTS, RECIPIENTS, RETRACTIONS
        from chengxin.rights.remedies.services import RetractionFollower, earlier_recipients

        followers.register("forgetting", ForgettingFollower())
        projections.register("remedies.retractions", RETRACTIONS)
        projections.register("remedies.recipients", RECIPIENTS)
        projections.register("remedies.receipts", RECEIPTS)
        followers.register("remedies", RetractionFollower())
        recipients.register("remedies", earlier_recipients)
        case_links.register("remedies", links_of)
