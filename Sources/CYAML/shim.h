// libyaml imports into Swift as it is: no variadics, and every union member has a name.
#include <yaml.h>
