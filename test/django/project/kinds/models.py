"""Every kind of field, in every way it can be declared; test/django/kinds.ts says the same in TypeScript."""

from django.db import models


class Everything(models.Model):
    char = models.CharField(max_length=80)
    char_null = models.CharField(max_length=80, null=True)
    char_unique = models.CharField(max_length=80, unique=True)
    char_indexed = models.CharField(max_length=80, db_index=True)
    text = models.TextField()
    text_null = models.TextField(null=True)
    email = models.EmailField()
    email_unique = models.EmailField(max_length=100, unique=True)
    url = models.URLField()
    slug = models.SlugField()
    slug_unique = models.SlugField(max_length=60, unique=True)
    boolean = models.BooleanField()
    boolean_null = models.BooleanField(null=True)
    integer = models.IntegerField()
    integer_null = models.IntegerField(null=True, db_index=True)
    integer_unique = models.IntegerField(unique=True)
    small = models.SmallIntegerField()
    positive_small = models.PositiveSmallIntegerField()
    positive_small_null = models.PositiveSmallIntegerField(null=True)
    big = models.BigIntegerField()
    decimal = models.DecimalField(max_digits=8, decimal_places=2)
    decimal_null = models.DecimalField(max_digits=20, decimal_places=0, null=True)
    float = models.FloatField()
    date = models.DateField()
    date_null = models.DateField(null=True, db_index=True)
    moment = models.DateTimeField()
    moment_indexed = models.DateTimeField(null=True, db_index=True)
    uuid = models.UUIDField()
    uuid_unique = models.UUIDField(null=True, unique=True)
    json = models.JSONField()
    json_null = models.JSONField(null=True)
    file = models.FileField(upload_to="files")
    image = models.FileField(upload_to="images", max_length=150, null=True)

    class Meta:
        unique_together = [("char", "integer"), ("slug", "date", "positive_small")]
        indexes = [models.Index(fields=["boolean", "date"]), models.Index(fields=["moment"])]


class AutoKeyed(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=10)


class Country(models.Model):
    code = models.CharField(max_length=2, primary_key=True)


class Parcel(models.Model):
    id = models.UUIDField(primary_key=True)
    country = models.ForeignKey(Country, models.CASCADE)
    former_country = models.ForeignKey(Country, models.SET_NULL, null=True, related_name="+")
    keyed = models.ForeignKey(AutoKeyed, models.PROTECT)
    unchecked = models.ForeignKey(AutoKeyed, models.DO_NOTHING, db_constraint=False, related_name="+")
    parent = models.ForeignKey("self", models.CASCADE, null=True)


class Label(models.Model):
    parcel = models.OneToOneField(Parcel, models.CASCADE, primary_key=True)
    country = models.OneToOneField(Country, models.CASCADE)


class Sticker(models.Model):
    label = models.ForeignKey(Label, models.CASCADE)


class Tag(models.Model):
    name = models.CharField(max_length=30, unique=True)
    parcels = models.ManyToManyField(Parcel)
    related = models.ManyToManyField("self")
    countries = models.ManyToManyField(Country, db_table="tag_country")


class AVeryLongModelNameThatMakesEveryConstraintNameTooLong(models.Model):
    a_column_with_quite_a_long_name = models.ForeignKey(Parcel, models.CASCADE)
    another_column_with_quite_a_long_name = models.CharField(max_length=10, db_index=True)

    class Meta:
        unique_together = [("a_column_with_quite_a_long_name", "another_column_with_quite_a_long_name")]
