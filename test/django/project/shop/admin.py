from django.contrib import admin

from shop.models import Product, Review


class ReviewInline(admin.TabularInline):
    model = Review
    extra = 1


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "price", "live"]
    list_editable = ["live"]
    inlines = [ReviewInline]
