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
# A request makes some thousands of objects and lets go of nearly all without help; to look for circles after every 700, as Python
# does, takes a tenth of the time of taking an application in.
gc.set_threshold(20_000, 20, 20)
