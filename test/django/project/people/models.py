from django.contrib.auth.models import AbstractUser
from django.db import models


class Person(AbstractUser):
    phone = models.CharField(max_length=20, blank=True)


class Badge(models.Model):
    person = models.OneToOneField(Person, models.CASCADE)
    colour = models.CharField(max_length=30)
