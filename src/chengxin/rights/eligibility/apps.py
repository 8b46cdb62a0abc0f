from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "chengxin.rights.eligibility"
    label = "eligibility"
