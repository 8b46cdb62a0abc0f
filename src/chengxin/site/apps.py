from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "chengxin.site"
    label = "site"
