target triple = "bpfel"

@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1
@spread_scratch = dso_local global [32 x i8] zeroinitializer, section ".maps", align 8

define dso_local i32 @spread(ptr %v0) #0 section "xdp" {
entry.0:
  %v2 = alloca [8 x i8], align 8
  %v10 = alloca [8 x i8], align 8
  %v14 = alloca [8 x i8], align 8
  %v15 = alloca [8 x i8], align 8
  %v45 = alloca [4 x i8], align 8
  %v16 = load i32, ptr %v0, align 4
  %v17 = zext i32 %v16 to i64
  %v18 = inttoptr i64 %v17 to ptr
  store ptr %v18, ptr %v14, align 8
  %v19 = getelementptr i8, ptr %v0, i64 4
  %v20 = load i32, ptr %v19, align 4
  %v21 = zext i32 %v20 to i64
  %v22 = inttoptr i64 %v21 to ptr
  store ptr %v22, ptr %v15, align 8
  %v47 = alloca [4 x i8], align 4
  store i32 0, ptr %v47, align 4
  %v48 = call ptr inttoptr (i64 1 to ptr)(ptr @spread_scratch, ptr %v47)
  %v49 = icmp ne ptr %v48, null
  br i1 %v49, label %scratch.found, label %scratch.missing
scratch.found:
  %v1 = getelementptr i8, ptr %v48, i64 0
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
  br label %loop.7
test.6:
  %v11 = load i64, ptr %v10, align 8
  %v12 = icmp ult i64 %v11, 20
  br i1 %v12, label %loop.7, label %end.9
loop.7:
  %v13 = load i64, ptr %v10, align 8
  %v23 = load ptr, ptr %v14, align 8
  %v24 = load ptr, ptr %v15, align 8
  %v25 = getelementptr i8, ptr %v23, i64 %v13
  %v26 = call ptr asm "", "=r,0"(ptr %v25) #3
  %v27 = getelementptr i8, ptr %v26, i64 1
  %v28 = icmp ule ptr %v27, %v24
  br i1 %v28, label %inside.11, label %default.10
inside.11:
  %v29 = load i8, ptr %v26, align 1
  %v30 = zext i8 %v29 to i64
  %v31 = urem i64 %v30, 80
  %v32 = call i64 asm "", "=r,0"(i64 %v31) #3
  %v33 = call ptr asm "", "=r,0"(ptr %v1) #3
  %v34 = call i64 asm "", "=r,0,i"(i64 %v32, i64 34) #3
  %v35 = icmp ult i64 %v34, 80
  br i1 %v35, label %index.12, label %default.10
index.12:
  %v36 = call i64 asm sideeffect "", "=r,0"(i64 %v34) #2
  %v37 = mul i64 %v36, 8
  %v38 = getelementptr i8, ptr %v33, i64 %v37
  %v39 = load i64, ptr %v38, align 8
  %v40 = add i64 %v39, 1
  store i64 %v40, ptr %v38, align 8
  br label %next.8
next.8:
  %v41 = load i64, ptr %v10, align 8
  %v42 = add i64 %v41, 1
  store i64 %v42, ptr %v10, align 8
  br label %test.6
end.9:
  %v43 = load i64, ptr %v1, align 8
  %v44 = trunc i64 %v43 to i32
  store i32 %v44, ptr %v45, align 4
  br label %return.13
default.10:
  store i32 1, ptr %v45, align 4
  br label %return.13
return.13:
  %v46 = load i32, ptr %v45, align 4
  ret i32 %v46
scratch.missing:
  ret i32 1
}

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
