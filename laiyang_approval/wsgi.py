"""The WSGI entry point gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laiyang_approval.settings")
application = get_wsgi_application()

# Everything loaded so far lives as long as the process: the collector need not walk it again and again, and the workers
# forked from here keep sharing its memory.
gc.collect()
gc.freeze()
