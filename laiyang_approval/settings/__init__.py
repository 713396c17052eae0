"""The portal's settings: environment variables over safe defaults, in small modules.

``base`` says what the portal is made of, ``storage`` which engines it runs on, ``security`` what it refuses,
``background`` what runs beside the web, ``guard`` what production demands. Numbers of the law or of the bureau never stand here; they are dated rows.
"""

from .background import *  # noqa: F403
from .base import *  # noqa: F403
from .guard import *  # noqa: F403
from .security import *  # noqa: F403
from .storage import *  # noqa: F403
