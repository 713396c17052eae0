"""Who may change the catalogue."""

from laiyang_approval.kernel.errors import NotPermitted
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role


def is_catalogue_admin(user: User) -> bool:
    """Whether this person looks after the catalogue."""
    return user.is_authenticated and Role.CATALOGUE_ADMIN in user.roles


def require_catalogue_admin(user: User) -> None:
    """Raises NotPermitted unless this person looks after the catalogue."""
    if not is_catalogue_admin(user):
        raise NotPermitted("只有事项管理员可以修改事项目录；请联系本局事项管理员。")
