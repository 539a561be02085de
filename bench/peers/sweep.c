// The plain sweep in C: f64, two threads, whatever vectors the machine has. Reads what the bench wrote, prints the best nanoseconds a multiply-add.
//   cc -O3 -march=native -ffp-contract=fast -pthread sweep.c -o sweep && ./sweep FILE THREADS
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t accounts, positions, products, lanes;
static int32_t *start, *rows;
static double *quantities, *book, *out;
static int64_t next_account;
enum { CHUNK = 512 };

static void sweep(int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) {
    double worst = 0;
    for (int64_t t = 0; t < lanes; t += 32) {
      double sum[32] = {0};
      for (int32_t p = start[i]; p < start[i + 1]; p++) {
        const double *row = book + (int64_t)rows[p] * lanes + t;
        const double q = quantities[p];
        for (int s = 0; s < 32; s++) sum[s] += q * row[s];
      }
      for (int s = 0; s < 32; s++) worst = sum[s] < worst ? sum[s] : worst;
    }
    out[i] = -worst;
  }
}

static void *work(void *unused) {
  (void)unused;
  for (;;) {
    int64_t from = __atomic_fetch_add(&next_account, CHUNK, __ATOMIC_RELAXED);
    if (from >= accounts) return NULL;
    sweep(from, from + CHUNK < accounts ? from + CHUNK : accounts);
  }
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
  FILE *file = argc > 2 ? fopen(argv[1], "rb") : NULL;
  int threads = argc > 2 ? atoi(argv[2]) : 1;
  int64_t head[4];
  if (!file || fread(head, 8, 4, file) != 4) return 1;
  accounts = head[0], positions = head[1], products = head[2], lanes = head[3];
  start = malloc(4 * (accounts + 2));
  rows = malloc(4 * (positions + 2));
  quantities = malloc(8 * positions);
  book = aligned_alloc(64, 8 * products * lanes);
  out = malloc(8 * accounts);
  size_t read = fread(book, 8, products * lanes, file) + fread(quantities, 8, positions, file) +
                fread(start, 4, accounts + 1, file) + fread(rows, 4, positions, file);
  if ((int64_t)read != products * lanes + positions + accounts + 1 + positions) return 1;
  double best = 1e9;
  for (int round = 0; round < 9; round++) {
    pthread_t pool[64];
    next_account = 0;
    double began = seconds();
    for (int k = 1; k < threads; k++) pthread_create(&pool[k], NULL, work, NULL);
    work(NULL);
    for (int k = 1; k < threads; k++) pthread_join(pool[k], NULL);
    double took = seconds() - began;
    if (took < best) best = took;
  }
  printf("%.6f %.9g\n", 1e9 * best / ((double)positions * lanes), out[0] + out[accounts - 1]);
  return 0;
}
