from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "chengxin.foundation.disclosure"
    label = "disclosure"
