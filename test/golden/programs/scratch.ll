target triple = "bpfel"

@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1
@spread_scratch = dso_local global [32 x i8] zeroinitializer, section ".maps", align 8

define dso_local i32 @spread(ptr %v0) #0 section "xdp" {
entry.0:
  %v2 = alloca [8 x i8], align 8
  %v10 = alloca [8 x i8], align 8
  %v41 = alloca [4 x i8], align 4
  store i32 0, ptr %v41, align 4
  %v42 = call ptr inttoptr (i64 1 to ptr)(ptr @spread_scratch, ptr %v41)
  %v43 = icmp ne ptr %v42, null
  br i1 %v43, label %scratch.found, label %scratch.missing
scratch.found:
  %v1 = getelementptr i8, ptr %v42, i64 0
  br label %body.1
body.1:
  store i64 0, ptr %v2, align 8
  br label %test.2
test.2:
  %v3 = load i64, ptr %v2, align 8
  %v4 = icmp ult i64 %v3, 80
  br i1 %v4, label %loop.3, label %end.5
loop.3:
  %v5 = load i64, ptr %v2, align 8
  %v6 = mul i64 %v5, 8
  %v7 = getelementptr i8, ptr %v1, i64 %v6
  store i64 0, ptr %v7, align 8
  br label %next.4
next.4:
  %v8 = load i64, ptr %v2, align 8
  %v9 = add i64 %v8, 1
  store i64 %v9, ptr %v2, align 8
  br label %test.2
end.5:
  store i64 0, ptr %v10, align 8
  br label %test.6
test.6:
  %v11 = load i64, ptr %v10, align 8
  %v12 = icmp slt i64 %v11, 20
  br i1 %v12, label %loop.7, label %end.9
loop.7:
  %v13 = load i64, ptr %v10, align 8
  %v14 = icmp ule i64 %v13, 65534
  br i1 %v14, label %offset.11, label %default.10
offset.11:
  %v15 = load i32, ptr %v0, align 4
  %v16 = zext i32 %v15 to i64
  %v17 = inttoptr i64 %v16 to ptr
  %v18 = getelementptr i8, ptr %v0, i64 4
  %v19 = load i32, ptr %v18, align 4
  %v20 = zext i32 %v19 to i64
  %v21 = inttoptr i64 %v20 to ptr
  %v22 = getelementptr i8, ptr %v17, i64 %v13
  %v23 = call ptr asm "", "=r,0"(ptr %v22)
  %v24 = getelementptr i8, ptr %v23, i64 1
  %v25 = icmp ule ptr %v24, %v21
  br i1 %v25, label %inside.12, label %default.10
inside.12:
  %v26 = load i8, ptr %v23, align 1
  %v27 = zext i8 %v26 to i64
  %v28 = urem i64 %v27, 80
  %v29 = call i64 asm "", "=r,0"(i64 %v28)
  %v30 = icmp ult i64 %v29, 80
  br i1 %v30, label %index.13, label %default.10
index.13:
  %v31 = call i64 asm sideeffect "", "=r,0"(i64 %v29)
  %v32 = mul i64 %v31, 8
  %v33 = call ptr asm "", "=r,0"(ptr %v1)
  %v34 = getelementptr i8, ptr %v33, i64 %v32
  %v35 = load i64, ptr %v34, align 8
  %v36 = add i64 %v35, 1
  store i64 %v36, ptr %v34, align 8
  br label %next.8
next.8:
  %v37 = load i64, ptr %v10, align 8
  %v38 = add i64 %v37, 1
  store i64 %v38, ptr %v10, align 8
  br label %test.6
end.9:
  %v39 = load i64, ptr %v1, align 8
  %v40 = trunc i64 %v39 to i32
  ret i32 %v40
default.10:
  ret i32 1
scratch.missing:
  ret i32 1
}

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
