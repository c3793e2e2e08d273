// Linked into what build-tree builds: without it, programs built on a glibc of 2.35 or newer would not start on older ones, as on Red Hat
// Enterprise Linux 9 (2.34). The newer functions differ from the older only in when they set errno.
#if defined(__x86_64__)
#define BASE "GLIBC_2.2.5"
#else
#define BASE "GLIBC_2.17"
#endif

__asm__(".symver old_hypot, hypot@" BASE);
__asm__(".symver old_hypotf, hypotf@" BASE);
double old_hypot(double x, double y);
float old_hypotf(float x, float y);

double hypot(double x, double y) { return old_hypot(x, y); }
float hypotf(float x, float y) { return old_hypotf(x, y); }
