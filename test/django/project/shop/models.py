"""A product with its reviews; test/django/admin-pair.ts says the same in TypeScript."""

from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    live = models.BooleanField(default=True)

    def __str__(self):
        return self.name


class Review(models.Model):
    product = models.ForeignKey(Product, models.CASCADE)
    author = models.CharField(max_length=40)
    stars = models.IntegerField(default=3)

    def __str__(self):
        return f"by {self.author}"
