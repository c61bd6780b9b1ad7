// GroupNorm followed by an optional SiLU on channels-last bf16, forward and backward, each picture read twice from cache.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

static inline float wide(uint16_t v) { uint32_t u = uint32_t(v) << 16; float f; std::memcpy(&f, &u, 4); return f; }
static inline uint16_t narrow(float f) { uint32_t u; std::memcpy(&u, &f, 4); return uint16_t((u + 0x7fff + ((u >> 16) & 1)) >> 16); }

// x [N, HW, C] -> y, and per channel the line y = scale * x + shift before the activation, mean and 1 / deviation
extern "C" void forward(const uint16_t* in, uint16_t* out, float* st, const float* w, const float* b,
                        int64_t n, int64_t rows, int64_t c, int64_t groups, double eps, bool silu) {
  const int64_t per = c / groups;
  std::vector<float> s(c), q(c);
  for (int64_t i = 0; i < n; i++) {
    const uint16_t* p = in + i * rows * c; uint16_t* o = out + i * rows * c;
    float *scale = st + i * c, *shift = st + (n + i) * c, *mean = st + (2 * n + i) * c, *rstd = st + (3 * n + i) * c;
    std::fill(s.begin(), s.end(), 0.f); std::fill(q.begin(), q.end(), 0.f);
    float *sp = s.data(), *qp = q.data();
    for (int64_t r = 0; r < rows; r++)
      for (int64_t k = 0; k < c; k++) { float v = wide(p[r * c + k]); sp[k] += v; qp[k] += v * v; }
    for (int64_t g = 0; g < groups; g++) {
      double a = 0, d = 0;
      for (int64_t k = g * per; k < (g + 1) * per; k++) { a += s[k]; d += q[k]; }
      a /= rows * per; d = d / (rows * per) - a * a;
      float inv = 1.0 / std::sqrt((d > 0 ? d : 0) + eps);
      for (int64_t k = g * per; k < (g + 1) * per; k++) { mean[k] = a; rstd[k] = inv; scale[k] = inv * w[k]; shift[k] = b[k] - a * inv * w[k]; }
    }
    for (int64_t r = 0; r < rows; r++) {
      const uint16_t* pr = p + r * c; uint16_t* orow = o + r * c;
      if (silu) for (int64_t k = 0; k < c; k++) { float z = wide(pr[k]) * scale[k] + shift[k]; orow[k] = narrow(z / (1.f + std::exp(-z))); }
      else for (int64_t k = 0; k < c; k++) orow[k] = narrow(wide(pr[k]) * scale[k] + shift[k]);
    }
  }
}

// su [2, N, C] receives, per picture, the sums that make up the gradients of bias and weight
extern "C" void backward(const uint16_t* gr, const uint16_t* in, uint16_t* out, const float* st, float* su, const float* w,
                         int64_t n, int64_t rows, int64_t c, int64_t groups, bool silu) {
  const int64_t per = c / groups;
  std::vector<float> A(c), B(c), C(c), hold(rows * c);
  for (int64_t i = 0; i < n; i++) {
    const uint16_t *p = in + i * rows * c, *g = gr + i * rows * c; uint16_t* o = out + i * rows * c;
    const float *scale = st + i * c, *shift = st + (n + i) * c, *mean = st + (2 * n + i) * c, *rstd = st + (3 * n + i) * c;
    float *sg = su + i * c, *sx = su + (n + i) * c, *h = hold.data();
    for (int64_t r = 0; r < rows; r++) {
      const uint16_t *pr = p + r * c, *gg = g + r * c; float* hr = h + r * c;
      if (silu) for (int64_t k = 0; k < c; k++) {
        float v = wide(pr[k]), z = v * scale[k] + shift[k], e = 1.f / (1.f + std::exp(-z));
        float d = wide(gg[k]) * e * (1.f + z * (1.f - e)); hr[k] = d; sg[k] += d; sx[k] += d * v;
      } else for (int64_t k = 0; k < c; k++) { float d = wide(gg[k]); hr[k] = d; sg[k] += d; sx[k] += d * wide(pr[k]); }
    }
    for (int64_t k = 0; k < c; k++) sx[k] = (sx[k] - mean[k] * sg[k]) * rstd[k];
    for (int64_t q = 0; q < groups; q++) {
      double a = 0, b = 0;
      for (int64_t k = q * per; k < (q + 1) * per; k++) { a += sg[k] * w[k]; b += sx[k] * w[k]; }
      a /= rows * per; b /= rows * per;
      for (int64_t k = q * per; k < (q + 1) * per; k++) { A[k] = scale[k]; B[k] = -rstd[k] * rstd[k] * b; C[k] = -rstd[k] * a - B[k] * mean[k]; }
    }
    const float *ap = A.data(), *bp = B.data(), *cp = C.data();
    for (int64_t r = 0; r < rows; r++)
      for (int64_t k = 0; k < c; k++) o[r * c + k] = narrow(ap[k] * h[r * c + k] + bp[k] * wide(p[r * c + k]) + cp[k]);
  }
}
