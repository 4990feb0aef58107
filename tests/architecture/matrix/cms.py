"""Addresses of the site that are no page of the tree."""

from tests.architecture.permission_matrix import Row

EVERYBODY = {"*": 200}

ROWS = [
    Row("cms:language", codes={"*": 405}),
    Row("cms:language", codes={"*": 302}, method="post"),
    Row("cms:appearance", codes={"*": 405}),
    Row("cms:appearance", codes={"*": 302}, method="post"),
    Row("cms:brand_css", codes=EVERYBODY),
    Row("cms:logo", codes={"*": 404}),  # no logo was uploaded: the bridge is drawn in the page
    Row("cms:manifest", codes=EVERYBODY),
    Row("cms:robots", codes=EVERYBODY),
    Row("cms:sitemap", codes=EVERYBODY),
    Row("cms:style_guide", codes={"*": 404}),  # 200 for who may open Wagtail: tests/cms/test_style_guide.py
]
