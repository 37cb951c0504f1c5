/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay_main - runs one fuzzer's function over the empty input and every file of the folders named as arguments,
 * without libFuzzer, so that each input that once mattered is tried by gcc and by every build.
 *
 * A folder that does not exist counts as empty: a fuzzer may start without a corpus. A finding aborts.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t data_bytes);

static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (!file || fstat(fileno(file), &st) != 0) {
        perror(path);
        return false;
    }
    if (!S_ISREG(st.st_mode)) {
        fclose(file);
        return true;
    }
    size_t size_bytes = (size_t)st.st_size;
    uint8_t *data = malloc(size_bytes + 1); /* its own block, so that ASan sees a read past the end */
    bool is_read = data && fread(data, 1, size_bytes, file) == size_bytes;
    fclose(file);
    if (is_read) {
        uint8_t *exact = realloc(data, size_bytes > 0 ? size_bytes : 1);
        data = exact ? exact : data;
        fprintf(stderr, "%s (%zu bytes)\n", path, size_bytes);
        LLVMFuzzerTestOneInput(data, size_bytes);
    } else {
        fprintf(stderr, "%s: cannot be read\n", path);
    }
    free(data);
    return is_read;
}

static bool replay_folder(const char *folder, int *count)
{
    struct dirent **entries = NULL;
    int entry_count = scandir(folder, &entries, NULL, alphasort);
    bool is_good = true;
    for (int i = 0; i < entry_count; i++) {
        char path[4096];
        int written = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && written > 0 && (size_t)written < sizeof path) {
            is_good = replay_file(path) && is_good;
            *count += 1;
        }
        free(entries[i]);
    }
    free(entries);
    return is_good;
}

int main(int argc, char **argv)
{
    bool is_good = true;
    int count = 0;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        is_good = replay_folder(argv[i], &count) && is_good;
    }
    printf("%d inputs replayed\n", count);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
