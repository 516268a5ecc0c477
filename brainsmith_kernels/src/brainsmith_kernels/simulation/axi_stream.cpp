// SPDX-FileCopyrightText: The Brainsmith authors
// SPDX-License-Identifier: Apache-2.0

// Drives a kernel with one AXI stream in and one out, both of which stall at random. All its registers and
// memories begin with random values, so that a result which depends on one that nothing has set shows.
//
// Arguments: file of input words, file for output words, bytes of an input word, bytes of an output word,
// number of output words to wait for, per cent of cycles in which the input stalls, the same of the output,
// number of cycles after which the kernel is reset and all words begin anew (0: never), seed.
// Prints the clock cycles from the first word in to the last word out.

#include "Vtop.h"
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <vector>

namespace {

constexpr long PATIENCE = 200000;  // cycles without a word out, after which the kernel counts as hung

[[noreturn]] void fail(const char *reason, long cycle) {
    std::fprintf(stderr, "%s in cycle %ld\n", reason, cycle);
    std::exit(1);
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 10) fail("nine arguments are needed", 0);
    std::ifstream source(argv[1], std::ios::binary);
    const std::vector<char> words_in{std::istreambuf_iterator<char>(source), std::istreambuf_iterator<char>()};
    const size_t bytes_in = std::strtoul(argv[3], nullptr, 10);
    const size_t bytes_out = std::strtoul(argv[4], nullptr, 10);
    const size_t wanted = std::strtoul(argv[5], nullptr, 10);
    const unsigned stall_in = std::strtoul(argv[6], nullptr, 10);
    const unsigned stall_out = std::strtoul(argv[7], nullptr, 10);
    const long restart = std::strtol(argv[8], nullptr, 10);
    const unsigned long seed = std::strtoul(argv[9], nullptr, 10);
    std::mt19937 random(seed);
    const auto goes = [&](unsigned stall) { return stall == 0 || random() % 100 >= stall; };

    Verilated::randReset(2);
    Verilated::randSeed(static_cast<int>(seed % 0x7fffffff) + 1);
    const auto top = std::make_unique<Vtop>();
    std::vector<char> words_out(wanted * bytes_out);
    std::vector<char> waiting(bytes_out);
    size_t sent = 0, received = 0;
    long cycle = 0, first = -1, last = 0;
    bool offered = false, withheld = false;

    const auto tick = [&] {
        top->ap_clk = 1;
        top->eval();
        top->ap_clk = 0;
        top->eval();
    };
    const auto reset = [&](int cycles) {
        top->ap_rst_n = 0;
        top->in0_V_TVALID = 0;
        top->out0_V_TREADY = 0;
        for (int i = 0; i < cycles; ++i) tick();
        if (top->out0_V_TVALID) fail("TVALID is high in reset", cycle);
        top->ap_rst_n = 1;
        sent = received = 0;
        first = -1;
        last = cycle;
        offered = withheld = false;
    };
    reset(8);

    for (; received < wanted; ++cycle) {
        if (restart && cycle == restart) reset(1);
        // An offered word stays until it is taken, as AXI demands; so must the kernel's.
        if (!offered && sent * bytes_in < words_in.size() && goes(stall_in)) {
            std::memcpy(&top->in0_V_TDATA, &words_in[sent * bytes_in], bytes_in);
            offered = true;
        }
        top->in0_V_TVALID = offered;
        top->out0_V_TREADY = goes(stall_out);
        top->eval();
        if (withheld && !top->out0_V_TVALID) fail("TVALID fell before the word was taken", cycle);
        if (withheld && std::memcmp(waiting.data(), &top->out0_V_TDATA, bytes_out))
            fail("TDATA changed before the word was taken", cycle);
        if (offered && top->in0_V_TREADY) {
            if (first < 0) first = cycle;
            offered = false;
            ++sent;
        }
        withheld = top->out0_V_TVALID && !top->out0_V_TREADY;
        if (withheld) std::memcpy(waiting.data(), &top->out0_V_TDATA, bytes_out);
        if (top->out0_V_TVALID && top->out0_V_TREADY) {
            std::memcpy(&words_out[received * bytes_out], &top->out0_V_TDATA, bytes_out);
            ++received;
            last = cycle;
        }
        if (cycle - last > PATIENCE) fail("no word came out for too long", cycle);
        tick();
    }
    // A word that nothing asked for would be the next row's.
    top->out0_V_TREADY = 0;
    for (int i = 0; i < 1000; ++i) {
        top->in0_V_TVALID = 0;
        top->eval();
        if (sent * bytes_in == words_in.size() && top->out0_V_TVALID) fail("a word too many", cycle + i);
        tick();
    }
    std::ofstream(argv[2], std::ios::binary).write(words_out.data(), words_out.size());
    std::printf("%ld\n", last - first + 1);
    top->final();
    return 0;
}
