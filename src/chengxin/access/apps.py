from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chengxin.access"
    label = "access"
