// SPDX-FileCopyrightText: The Brainsmith authors
// SPDX-License-Identifier: Apache-2.0

// Feeds the words of words_in.hex to a kernel and prints those that it returns, lowest byte first.
// Macros: KERNEL, BITS_IN, BITS_OUT. Arguments: +words, +wanted, +stall in per cent, +seed.
`timescale 1ns / 1ps

module bench;
    reg clk = 0, rst_n = 0, in_valid = 0, out_ready = 0;
    wire in_ready, out_valid;
    reg [`BITS_IN-1:0] in_data;
    wire [`BITS_OUT-1:0] out_data;
    integer words, wanted, stall, seed, sent = 0, received = 0, idle = 0, offered = -1, i;
    reg [`BITS_IN-1:0] memory[0:(1<<20)-1];

    `KERNEL kernel (
        .ap_clk(clk), .ap_rst_n(rst_n),
        .in0_V_TDATA(in_data), .in0_V_TVALID(in_valid), .in0_V_TREADY(in_ready),
        .out0_V_TDATA(out_data), .out0_V_TVALID(out_valid), .out0_V_TREADY(out_ready)
    );

    always #5 clk = ~clk;

    // What is unknown when a word is taken or offered would be so in a device: any value.
    always @(posedge clk) if (rst_n) begin
        if (out_valid === 1'bx || in_ready === 1'bx) begin
            $display("unknown handshake");
            $finish(0);
        end
        if (in_valid && in_ready) sent = sent + 1;
        if (out_valid && out_ready) begin
            if (^out_data === 1'bx) begin
                $display("unknown data");
                $finish(0);
            end
            for (i = 0; i < `BITS_OUT; i = i + 8) $write("%02x", out_data[i +: 8]);
            $write("\n");
            received = received + 1;
            idle = 0;
        end else idle = idle + 1;
        if (received == wanted || idle > 100000) $finish(0);
    end

    // Driven between the edges, from what the edge before decided.
    always @(negedge clk) if (rst_n) begin
        if (!in_valid || offered != sent) begin
            in_valid <= sent < words && $unsigned($random(seed)) % 100 >= stall;
            in_data <= memory[sent];
            offered <= sent;
        end
        out_ready <= $unsigned($random(seed)) % 100 >= stall;
    end

    initial begin
        if (!$value$plusargs("words=%d", words)) words = 0;
        if (!$value$plusargs("wanted=%d", wanted)) wanted = 0;
        if (!$value$plusargs("stall=%d", stall)) stall = 0;
        if (!$value$plusargs("seed=%d", seed)) seed = 1;
        $readmemh("words_in.hex", memory, 0, words - 1);
        repeat (8) @(negedge clk);
        rst_n = 1;
    end
endmodule
