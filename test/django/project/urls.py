from django.contrib import admin
from django.urls import include, path

import views

urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
    path("whoami/", views.whoami),
    path("keep/", views.keep),
    path("flush/", views.flush),
]
